import { serveSeries } from '../serve.ts';
import { standBack } from '../stand-back.ts';
import { DuckdbEngine, type DuckdbEngineOptions } from './engine.ts';

standBack();
serveSeries((options: DuckdbEngineOptions) => new DuckdbEngine(options));
