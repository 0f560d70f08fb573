import { z } from 'zod';

export const port = z.int().min(0).max(65_535);

/** A listener with TLS. Files are PEM; a relative name counts from the folder that the program is started in. */
function secureDoor(standardPort: number, what: string) {
  return z
    .strictObject({
      port: port.default(standardPort).describe(`Port of ${what}; 0 takes a free one`),
      certFile: z.string().describe('Certificate chain; a renewed file is taken over without a restart'),
      keyFile: z.string().describe('Its private key'),
      caFile: z.string().optional().describe('Authority that signed the certificates of the clients'),
      clientCertificates: z
        .enum(['none', 'accepted', 'required'])
        .optional()
        .describe(
          'Certificates of clients, whose common name is the user name: not asked for, accepted in place of a password, or required; absent: required with caFile, else none',
        ),
    })
    .transform((door) => ({
      ...door,
      clientCertificates: door.clientCertificates ?? (door.caFile === undefined ? ('none' as const) : ('required' as const)),
    }))
    .refine(({ clientCertificates, caFile }) => clientCertificates === 'none' || caFile !== undefined, {
      path: ['caFile'],
      error: 'client certificates need the file of the authority that signed them',
    });
}

/** The listeners of the embedded broker; null or absence leaves one out. */
export const mqttDoors = {
  host: z.string().default('127.0.0.1').describe('Address the MQTT broker listens on'),
  port: port.nullable().default(1883).describe('Port of MQTT over plain TCP; 0 takes a free one, null leaves it out'),
  webSocketPort: port.nullable().default(null).describe('Port of MQTT over WebSocket (path /mqtt); null leaves it out'),
  tls: secureDoor(8883, 'MQTT over TLS').nullish().describe('TLS listener; absent leaves it out'),
  wss: secureDoor(8884, 'MQTT over secure WebSocket (path /mqtt)').nullish().describe('Secure WebSocket; absent leaves it out'),
};

interface Doors {
  readonly port: number | null;
  readonly webSocketPort: number | null;
  readonly tls?: { readonly port: number } | null | undefined;
  readonly wss?: { readonly port: number } | null | undefined;
  readonly external?: object | undefined;
}

/** What no single field shows: a broker that nobody can reach, two listeners on one port. */
export function checkDoors({ port, webSocketPort, tls, wss, external }: Doors, context: z.RefinementCtx<Doors>): void {
  const doors: readonly (readonly [path: readonly string[], port: number | null | undefined])[] = [
    [['port'], port],
    [['webSocketPort'], webSocketPort],
    [['tls', 'port'], tls?.port],
    [['wss', 'port'], wss?.port],
  ];
  const open = doors.filter((door): door is [readonly string[], number] => typeof door[1] === 'number');
  if (open.length === 0 && external === undefined) {
    context.addIssue({ code: 'custom', message: 'every listener is left out: name a port, webSocketPort, tls, wss or external' });
  }
  for (const [index, [path, number]] of open.entries()) {
    const isTaken = number !== 0 && open.slice(0, index).some(([, other]) => other === number);
    if (isTaken)
      context.addIssue({ code: 'custom', path: [...path], message: `port ${number} has another MQTT listener already` });
  }
}
