/**
 * Entry of the engine's own process, started by the web host (child_process.fork) and by Electron main
 * (utilityProcess.fork, or child_process.fork where the runtime's Node-API is too old for better-sqlite3).
 */
import '../core/plain-zod.ts';
import { createEngine } from '../engine.ts';
import { runEngineProcess } from './engine-server.ts';

void runEngineProcess(createEngine);
