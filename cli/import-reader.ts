import { IntakeRefused } from '@clearbay/contract/intake.ts';
import type { District } from '@clearbay/domain/district.ts';
import { KINDS } from '@clearbay/domain/kinds/registry.ts';
import { recordedRows } from '@clearbay/simulators/recorded-rows.ts';
import type { ImportOrder } from '@clearbay/store/ports/intake.ts';
import type { ImportReader, ReaderEvents } from '../ingest/gateways/imports/import-jobs.ts';
import { UserFailure } from './failure.ts';
import { namedMapping } from './named-mapping.ts';
import { type VoiceOf, voicesFor } from './recorded/voices.ts';

function open(order: ImportOrder, district: District) {
  const { kind, columns, station } = order;
  const known = KINDS.get(kind);
  if (known === undefined) throw new UserFailure(`There is no kind "${kind}".`);
  const mapping = namedMapping(
    columns,
    kind,
    known.metrics.map((metric) => metric.id),
  );
  if (mapping.wide !== undefined && station !== undefined) {
    throw new UserFailure(`Each column of mapping "${columns}" is a station of its own.`);
  }
  return { mapping, voiceOf: voicesFor(kind, district, order) };
}

/** The device that speaks for a name in the file; a station without one is left to the receiver, which refuses it by name. */
function speakerOf(voiceOf: VoiceOf, source: string): { readonly station: string; readonly device: string | undefined } {
  try {
    const voice = voiceOf(source);
    return voice ?? { station: source, device: undefined };
  } catch (error) {
    if (error instanceof UserFailure) return { station: source, device: undefined };
    throw error;
  }
}

/** Files of readings by the named column mappings, for the stations of a district. */
export function importReader(district: District): ImportReader {
  return {
    check(order) {
      try {
        open(order, district);
      } catch (error) {
        if (error instanceof UserFailure) throw new IntakeRefused('input.invalid', error.message, error);
        throw error;
      }
    },
    async *rows(order, path, told: ReaderEvents) {
      const { mapping, voiceOf } = open(order, district);
      const { historical, station } = order;
      const periodMs = mapping.periodSeconds * 1000;
      for await (const { source, at, values } of recordedRows({ path, mapping, ...told, ...(station && { station }) })) {
        yield { ...speakerOf(voiceOf, source), reading: { at, values, historical, periodMs } };
      }
    },
  };
}
