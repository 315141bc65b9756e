/**
 * Imported first by every program and worker entry: schemas are walked, never turned into code. What zod generates is faster only for
 * what is checked thousands of times; here most schemas check once what the build has made, and compiling for that was three
 * hundredths of the processor time of an import (256 MB). It also keeps `new Function` out of the engine.
 */
import * as z from 'zod';

z.config({ jitless: true });
