import { serveSeries } from '../serve.ts';
import { standBack } from '../stand-back.ts';
import { InfluxEngine, type InfluxEngineOptions } from './engine.ts';

standBack();
serveSeries((options: InfluxEngineOptions) => new InfluxEngine(options));
