// Preloaded into the measured process: leaves its peak memory (KiB) and its processor time (µs) behind when it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.IRONKEEL_BENCH_PEAK, JSON.stringify({ maxRSS, cpu: userCPUTime + systemCPUTime }));
});
