// Preloaded into the measured process: leaves its peak memory (KiB) behind when it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => writeFileSync(process.env.IRONKEEL_BENCH_PEAK, String(process.resourceUsage().maxRSS)));
