import { serveSeries } from '../serve.ts';
import { DuckdbEngine, type DuckdbEngineOptions } from './engine.ts';

serveSeries((options: DuckdbEngineOptions) => new DuckdbEngine(options));
