import { z } from 'zod';
import { checkDoors, mqttDoors, port } from './mqtt-doors.ts';
import { mqttLimitsSchema } from './mqtt-limits.ts';

/** An MQTT broker of somebody else's; the embedded one then stays closed. */
const externalBroker = z.strictObject({
  url: z
    .url({
      protocol: /^(mqtts?|wss?)$/,
      error: 'the address of an MQTT broker is expected, such as mqtt://127.0.0.1:1883 (mqtt, mqtts, ws or wss)',
    })
    .describe('Address of the broker'),
  username: z.string().optional().describe('Account that may read readings and status, and write state, alerts and guidance'),
  password: z.string().optional().describe('Its password; CLEARBAY_BROKER_PASSWORD keeps it out of the file'),
  clientId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/, 'a client id of 1 to 40 letters, digits, dots, dashes and underscores is expected')
    .default('clearbay')
    .describe('Name of the lasting session; each worker adds its own number'),
  ca: z.string().optional().describe('PEM file of the authority that signed the certificate of the broker'),
});

/** Listeners, folders and limits of one installation. Every field has a default. */
export const settingsSchema = z.strictObject({
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address the console and the API listen on'),
      port: port.default(8080).describe('Port of the console and the API; 0 takes a free one'),
      trustedOrigins: z.array(z.url()).default([]).describe('Further origins a browser may open the live socket from'),
    })
    .prefault({}),
  ingest: z
    .strictObject({
      liveDays: z
        .number()
        .positive()
        .default(7)
        .describe(
          'How old a live reading may be; what is older is refused unless it comes as history (72 h is the stricter use)',
        ),
      historyDays: z
        .number()
        .positive()
        .default(3660)
        .describe('How old a reading sent as history may be, by a device or by an import; about ten years'),
      httpPort: port
        .nullable()
        .default(null)
        .describe('Port of health, metrics and status of a process of the role ingest, on http.host; null leaves it out'),
    })
    .prefault({}),
  mqtt: z
    .strictObject({
      ...mqttDoors,
      limits: mqttLimitsSchema.describe('Limits of the embedded broker'),
      external: externalBroker.optional().describe('Broker to use in place of the embedded one; absent starts that'),
    })
    .superRefine(checkDoors)
    .prefault({}),
  data: z.string().default('./data').describe('Folder of the ledger, the series and the state; created where missing'),
  ledger: z
    .strictObject({
      retentionDays: z.number().positive().default(14).describe('How long the ledger keeps what the series store already has'),
      maxGigabytes: z.number().positive().default(20).describe('Size at which no further reading is acknowledged'),
    })
    .prefault({}),
  series: z
    .strictObject({
      rawDays: z.number().positive().default(90).describe('How long single readings are kept'),
      hourYears: z.number().positive().default(5).describe('How long hourly rollups are kept; daily ones stay for ever'),
      memoryMegabytes: z
        .int()
        .min(64)
        .default(256)
        .describe('Memory that the embedded series store may use; it keeps what it read last and fills it in time'),
      influxUrl: z
        .url({
          protocol: /^https?$/,
          error: 'the address of InfluxDB is expected, such as http://127.0.0.1:8086 (http or https)',
        })
        .nullable()
        .default(null)
        .describe('Address of InfluxDB 1.x; null keeps the series in an embedded DuckDB file'),
      influxDatabase: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/, 'a name of 1 to 64 letters, digits, dashes and underscores is expected')
        .default('clearbay')
        .describe('Database in InfluxDB, created where missing'),
      influxUsername: z.string().optional().describe('Account in InfluxDB that may create the database; absent: none is needed'),
      influxPassword: z.string().optional().describe('Its password; CLEARBAY_INFLUX_PASSWORD keeps it out of the file'),
    })
    .prefault({}),
  simulator: z
    .strictObject({
      seed: z.int().default(20_260_101).describe('Seed of the weather and of every simulated device'),
      history: z.boolean().default(true).describe('Fill the year so far at the first start of a demonstration'),
    })
    .prefault({}),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severe log line written'),
});

export type Settings = z.infer<typeof settingsSchema>;
