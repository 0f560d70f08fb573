import type { Problem } from '@clearbay/contract/api.ts';

const ROOT = '/api/v1';

/** What the server refused, by its stable code; `unreachable` where no answer came. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${ROOT}${path}`, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError('unreachable', 0, 'the server did not answer');
  }
  if (response.ok) return response;
  const problem = await response.json().then(
    (body: Partial<Problem>) => body,
    () => ({}) as Partial<Problem>,
  );
  throw new ApiError(problem.code ?? `http-${response.status}`, response.status, problem.title ?? response.statusText);
}

/** Reads a resource; throws {@link ApiError}. */
export async function getJson<T>(
  path: string,
  query: Readonly<Record<string, string | number>> = {},
  signal?: AbortSignal,
): Promise<T> {
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  const response = await request(asked === '' ? path : `${path}?${asked}`, { ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const response = await request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

export async function remove(path: string): Promise<void> {
  await request(path, { method: 'DELETE' });
}
