import type { Readable } from 'node:stream';

/** Lines of a text in batches as they come from the disk, without their ends (LF, CRLF, or CR alone where a text has no LF at first). */
export async function* lineBatches(stream: Readable): AsyncGenerator<string[]> {
  let rest = '';
  let end: string | undefined;
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
    end ??= chunk.includes('\n') || !chunk.includes('\r') ? '\n' : '\r';
    const lines = (rest + chunk).split(end);
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield withoutReturns(lines);
  }
  if (rest !== '') yield withoutReturns([rest]);
}

function withoutReturns(lines: string[]): string[] {
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string;
    if (line.charCodeAt(line.length - 1) === 13) lines[index] = line.slice(0, -1);
  }
  return lines;
}
