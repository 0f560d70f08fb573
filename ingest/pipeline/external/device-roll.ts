interface Word {
  readonly online: boolean;
  readonly boot: string | undefined;
}

/** What `status/<device>` says; undefined where it is not the contract's JSON. */
function readStatus(payload: Buffer): Word | undefined {
  try {
    const status: unknown = JSON.parse(payload.toString());
    if (typeof status !== 'object' || status === null) return undefined;
    const { online, boot } = status as { online?: unknown; boot?: unknown };
    return { online: online === true, boot: typeof boot === 'string' ? boot : undefined };
  } catch {
    return undefined;
  }
}

/** Which devices say that they are online: a foreign broker does not tell who is connected to it, the devices' status topics do. */
export class DeviceRoll {
  readonly #isKnown: (device: string) => boolean;
  readonly #words = new Map<string, Word>();
  #online = 0;

  /** Devices that are not known are not kept. */
  constructor(isKnown: (device: string) => boolean) {
    this.#isKnown = isKnown;
  }

  get online(): number {
    return this.#online;
  }

  /** False where the payload is no status. A will of an older boot never ends a newer session. */
  hear(device: string, payload: Buffer): boolean {
    const word = readStatus(payload);
    if (word === undefined) return false;
    const last = this.#words.get(device);
    const isOldWill = !word.online && last?.online === true && isOtherBoot(word, last);
    if (isOldWill || !this.#isKnown(device)) return true;
    this.#words.set(device, word);
    this.#online += Number(word.online) - Number(last?.online ?? false);
    return true;
  }
}

function isOtherBoot(one: Word, other: Word): boolean {
  return one.boot !== undefined && other.boot !== undefined && one.boot !== other.boot;
}
