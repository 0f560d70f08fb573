import { openRecording, playRecording, type RecordedOptions } from './recorded/play.ts';

/** `clearbay import`: sends recorded rows as back-filled readings, as fast as they are acknowledged. */
export async function importFile(kind: string, file: string, options: RecordedOptions): Promise<void> {
  await playRecording(openRecording(kind, file, options), options, {
    speed: Number.POSITIVE_INFINITY,
    historical: true,
    shiftMs: 0,
  });
}
