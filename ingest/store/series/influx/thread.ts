import { serveSeries } from '../serve.ts';
import { InfluxEngine, type InfluxEngineOptions } from './engine.ts';

serveSeries((options: InfluxEngineOptions) => new InfluxEngine(options));
