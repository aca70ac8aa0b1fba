// Errors of the operating system told apart from everything else.

/** Whether an error came from a system call, and so has the system's code. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
