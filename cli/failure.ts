/** Something the person at the terminal can mend: printed as one sentence, exit code 1, no stack trace. */
export class UserFailure extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'UserFailure';
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Turns the faults that people meet (a port in use, an unwritable folder) into a sentence. */
export function asUserFailure(error: unknown, what: string): unknown {
  const code = codeOf(error);
  if (code === 'EADDRINUSE')
    return new UserFailure(`${what} is in use by another program. Choose another port, or end that program.`);
  if (code === 'EADDRNOTAVAIL') return new UserFailure(`${what} is no address of this machine.`);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new UserFailure(`${what}: this account may not do that (${code}).`);
  if (code === 'ENOTDIR' || code === 'EEXIST') return new UserFailure(`${what} is a file where a folder is needed.`);
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return new UserFailure(`${what} cannot be used (${code}).`);
  return error;
}
