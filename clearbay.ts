import { ConfigError } from '@clearbay/config/faults.ts';
import { Command } from 'commander';
import type { ConfigOptions } from './cli/config-option.ts';
import { UserFailure } from './cli/failure.ts';
import type { StartOptions } from './cli/start.ts';

// Each command loads its own modules when it is called, so that `assess` does not wait for a broker.

const program = new Command('clearbay')
  .description('Environment and city-operations watch of a district')
  .version('0.1.0')
  .showHelpAfterError()
  .enablePositionalOptions();

function withConfig(command: Command): Command {
  return command
    .option('--config <file>', 'configuration; without it the demonstration district')
    .option('--data <folder>', 'folder of ledger, series and state');
}

withConfig(program.command('start'))
  .description('run broker, ingest, judging, alerts and console in one process')
  .option(
    '--http-port <port>',
    'port of the console and the API, or of the health and metrics of --role ingest; 0 takes a free one',
  )
  .option('--mqtt-port <port>', 'port of MQTT; 0 takes a free one')
  .option('--broker <url>', 'MQTT broker outside to take the readings from; the embedded one then stays closed')
  .option('--influx <url>', 'InfluxDB 1.x to keep the series in; without it a file in the data folder')
  .option('--role <role>', 'all, or ingest: intake, judging and alerts without a console', 'all')
  .option('--worker <share>', 'share of the stations of one ingest process: 1/2 is the first of two')
  .option('--no-simulators', 'leave the simulated devices of a demonstration out')
  .option('--no-history', 'do not fill the year so far at the first start of a demonstration')
  .option('--json', 'print addresses and sign-in as one JSON line')
  .action(async (options: ConfigOptions & StartOptions) => {
    const [{ start }, { configFrom }] = await Promise.all([import('./cli/start.ts'), import('./cli/config-option.ts')]);
    await start(configFrom(options), options);
  });

program
  .command('check-config [file]')
  .description('name every fault of a configuration as path and reason')
  .action(async (file?: string) => {
    const [{ configFrom }, { listenerFileFaults }] = await Promise.all([
      import('./cli/config-option.ts'),
      import('@clearbay/config/listener-files.ts'),
    ]);
    const { district, settings } = configFrom({ config: file });
    const faults = listenerFileFaults(settings);
    if (faults.length > 0) throw new ConfigError(faults);
    console.log(
      `The configuration is sound: ${district.stations.length} stations, ${district.devices.length} devices, ${district.targets.length} targets.`,
    );
  });

program
  .command('assess <kind> [file]')
  .description('judge CSV or JSON lines (air, water, flood, parking) by the functions of the live system')
  .option('--edition <edition>', 'edition of the standard; without it the one in force on each row’s date')
  .option('--level <level>', 'hour, day, month or year', 'hour')
  .option('--water-body <body>', 'river or lake', 'river')
  .option('--lakes <names>', 'sections that are lakes, besides those of the column mapping, separated by commas')
  .option('--area-class <class>', 'class of the area of GB 3095 whose limits hold for months and years of air: 1 or 2', '2')
  .option('--lots <file>', 'file with the capacity of each car park, where the rows do not have it')
  .option('--columns <mapping>', 'named column mapping', 'clearbay')
  .option('--variant <variant>', 'item list of the hourly index of 2012')
  .action(async (kind: string, file: string | undefined, options) => {
    const { assess } = await import('./cli/assess/command.ts');
    await assess(kind, file ?? '-', options);
  });

/** How a recorded file is read and who speaks for its stations. */
function withRecording(command: Command, columns: string): Command {
  return withConfig(command)
    .option('--columns <mapping>', columns, 'clearbay')
    .option('--station <id>', 'station that every row belongs to')
    .option('--map <pairs>', 'stations by name in the file: NAME=STATION, separated by commas; without it by id or name')
    .option('--device <id>', 'device that speaks; without it the first device of each station')
    .option('--password <password>', 'password of the device; those of a demonstration are found in its data folder')
    .option('--mqtt <url>', 'broker', 'mqtt://127.0.0.1:1883');
}

withRecording(program.command('import <kind> <file>'), 'named column mapping')
  .description('send recorded data (CSV or JSON lines) through the running system, with their recorded times')
  .action(async (kind: string, file: string, options) => {
    const { importFile } = await import('./cli/import.ts');
    await importFile(kind, file, options);
  });

withRecording(program.command('simulate'), 'named column mapping of the recorded data')
  .description('run the simulated devices of a district against a broker, or replay recorded data')
  .option('--replay <file>', 'recorded data instead of device models; they keep their recorded times')
  .option('--kind <kind>', 'kind of the recorded data', 'air')
  .option('--speed <factor>', 'times faster than recorded, 60 by default; 0 is as fast as it is acknowledged')
  .option('--now <row>', 'move the recording: its "first" row happens now (speed 1), or its "last" in the hour that has ended')
  .addHelpText(
    'after',
    '\nOne device, one connection: leave the devices of a running demonstration out with "start --no-simulators".',
  )
  .action(async (options) => {
    const { simulate } = await import('./cli/simulate.ts');
    await simulate(options);
  });

withConfig(program.command('token'))
  .description('print an API bearer token')
  .requiredOption('--role <role>', 'viewer, duty, officer, operator, tester or admin')
  .action(async (options: ConfigOptions & { role: string }) => {
    const [{ printToken }, { configFrom }] = await Promise.all([
      import('./cli/state-commands.ts'),
      import('./cli/config-option.ts'),
    ]);
    await printToken(configFrom(options), options.role);
  });

withConfig(program.command('backup <folder>'))
  .description('copy ledger, series and state into a new folder, while the system runs or not')
  .action(async (folder: string, options: ConfigOptions) => {
    const [{ backUp }, { configFrom }] = await Promise.all([import('./cli/backup.ts'), import('./cli/config-option.ts')]);
    await backUp(configFrom(options), folder);
  });

withConfig(program.command('restore <folder>'))
  .description('put a backup in place while the system is stopped, after checking every file')
  .option('--force', 'replace what the data folder has')
  .action(async (folder: string, options: ConfigOptions & { force?: boolean }) => {
    const [{ restore }, { configFrom }] = await Promise.all([import('./cli/restore.ts'), import('./cli/config-option.ts')]);
    await restore(configFrom(options), folder, options.force === true);
  });

const device = program.command('device').description('manage devices');

withConfig(device.command('add <id>'))
  .description('print the MQTT credentials of a device')
  .requiredOption('--station <ids...>', 'stations it reports for')
  .action(async (id: string, options: ConfigOptions & { station: string[] }) => {
    const [{ addDevice }, { configFrom }] = await Promise.all([
      import('./cli/state-commands.ts'),
      import('./cli/config-option.ts'),
    ]);
    await addDevice(configFrom(options), id, options.station);
  });

function report(error: unknown): void {
  if (error instanceof ConfigError) {
    console.error('The configuration has faults:');
    for (const fault of error.faults) console.error(`  ${fault.path}: ${fault.reason}`);
  } else if (error instanceof UserFailure) console.error(error.message);
  else console.error(error);
  process.exitCode = 1;
}

try {
  await program.parseAsync();
} catch (error) {
  report(error);
}
