/** What the process ends with; scripts rely on these. */
export const EXIT = {
  /** Done, warnings included. */
  done: 0,
  /** `--check` found differences, or the work failed. */
  failed: 1,
  /** What the user gave us cannot be used; nothing was written. */
  input: 2,
  /** A defect of Ironkeel itself (EX_SOFTWARE of sysexits.h). */
  bug: 70,
  /** SIGINT or SIGTERM (128 + 2, as shells report it). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
