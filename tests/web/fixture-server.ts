/**
 * A console server of invented but well-formed data, to look at the built pages without the rest of the system:
 * `node tests/web/fixture-server.ts [port]`, then sign in as anyone.
 */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { OverviewView, StatusView } from '@clearbay/contract/api.ts';
import {
  type ClientToServer,
  LIVE_NAMESPACE,
  type LiveFrame,
  type LiveSnapshot,
  type Room,
  type ServerToClient,
} from '@clearbay/contract/live.ts';
import { derivationSentences } from '@clearbay/domain/derivation.ts';
import { HOUR_MS } from '@clearbay/domain/time.ts';
import express from 'express';
import { Server } from 'socket.io';
import { RegionalWeather } from '../../simulators/weather.ts';
import { district, FixtureStation, type Value } from './fixture-district.ts';
import { fixtureAlerts, fixtureDays, fixtureSeries, fixtureTargets } from './fixture-views.ts';

const DIST = join(import.meta.dirname, '../../console/web/dist');
const TICK_MS = 1000;
const CSP = "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:";
const SILENT = 'park-station';

interface Fixture {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves a built console on 127.0.0.1; port 0 takes a free one. */
export async function startFixture(port: number, dist = DIST): Promise<Fixture> {
  const weather = new RegionalWeather(7);
  const stations = district.stations.map((station, index) => new FixtureStation(station, weather, index + 1));
  const begin = Date.now();
  for (const station of stations) station.fillDay(begin);
  const byId = new Map(stations.map((station) => [station.station.id, station]));
  const targets = fixtureTargets(stations, begin);

  const overview = (): OverviewView => {
    const now = Date.now();
    return {
      now,
      district,
      stations: stations.map((station) => station.view(now, station.station.id === SILENT ? HOUR_MS : 0)),
      air: byId.get('air-luoyang')?.assess(now) ?? null,
      targets,
      alerts: fixtureAlerts(begin, false),
      freshness: { fresh: stations.length - 1, late: 0, stale: 1, never: 0, perMinute: 1284, lastReceivedAt: now },
      progress: [
        {
          id: 'history',
          label: { zh: '正在回填本年历史数据', en: 'Filling in this year’s history' },
          done: 412_300,
          total: 1_030_000,
          startedAt: begin,
          finishedAt: null,
        },
      ],
    };
  };

  const app = express();
  app.use((_request, response, next) => {
    response.set('Content-Security-Policy', CSP);
    next();
  });
  app.use('/api/v1', api());
  app.use(express.static(dist));
  app.get('/*rest', (_request, response) => response.sendFile(join(dist, 'index.html')));

  function api() {
    const router = express.Router();
    let signedIn = true;
    router.use(express.json());
    router.get('/session', (_request, response) => {
      if (signedIn) response.json({ user: 'chen', role: 'officer' });
      else response.status(401).json({ code: 'sign-in.required', title: 'Unauthorized', status: 401, type: '' });
    });
    router.post('/session', (request, response) => {
      signedIn = request.body.password !== 'wrong';
      if (signedIn) response.json({ user: String(request.body.user), role: 'officer' });
      else response.status(401).json({ code: 'sign-in.refused', title: 'Unauthorized', status: 401, type: '' });
    });
    router.delete('/session', (_request, response) => {
      signedIn = false;
      response.status(204).end();
    });
    router.get('/stations/:id/series', (request, response) => {
      const { metric, from, to, resolution } = request.query;
      const station = byId.get(request.params.id);
      if (station === undefined) return void response.status(404).json({ code: 'station.unknown' });
      const query = { metric: String(metric), from: Number(from), to: Number(to) };
      response.json(fixtureSeries(station, resolution === undefined ? query : { ...query, resolution: String(resolution) }));
    });
    router.get('/stations/:id/days', (request, response) => {
      const station = byId.get(request.params.id);
      if (station === undefined) return void response.status(404).json({ code: 'station.unknown' });
      const year = Number(request.query.year);
      response.json({ station: request.params.id, year, edition: null, days: fixtureDays(station, year, Date.now()) });
    });
    router.get('/stations/:id/explanation', (request, response) => {
      const station = byId.get(request.params.id);
      if (station === undefined) return void response.status(404).json({ code: 'station.unknown' });
      const derivation = station.explain(station.assess(Date.now()), Date.now());
      response.json({
        station: request.params.id,
        derivation,
        sentences: { zh: derivationSentences(derivation, 'zh'), en: derivationSentences(derivation, 'en') },
        editions: [],
      });
    });
    router.get('/alerts', (request, response) => {
      response.json({ alerts: fixtureAlerts(begin, request.query.state === 'closed'), next: null });
    });
    router.get('/alerts/:id', (request, response) => {
      const found = [...fixtureAlerts(begin, false), ...fixtureAlerts(begin, true)].find(({ id }) => id === request.params.id);
      if (found === undefined) response.status(404).json({ code: 'alert.unknown', title: 'There is no such alert', status: 404 });
      else response.json(found);
    });
    router.get('/status', (_request, response) => {
      const status: StatusView = {
        health: { live: true, ready: true, state: 'ok', reasons: [], version: '0.1.0', startedAt: begin },
        accepted: 1_284_301,
        refused: { 'payload-not-json': 12, 'unknown-station': 3, 'value-not-finite': 1 },
        duplicates: 41,
        conflicts: 0,
        openConflicts: 0,
        unkeptConflicts: 0,
        late: 102,
        ledger: { lastSeq: 1_284_301, pending: 0, bytes: 312_441_002, writable: true },
        series: { state: 'up', lag: 0, setAside: 0, cursor: 1_284_301 },
        eventLoopDelayP99Ms: 3.2,
        clients: { mqtt: 24, console: 1 },
      };
      response.json(status);
    });
    return router;
  }

  const http = createServer(app);
  const io = new Server(http, { serveClient: false });
  const live = io.of(LIVE_NAMESPACE) as unknown as ReturnType<Server<ClientToServer, ServerToClient>['of']>;
  const epoch = String(begin);
  const sequences = new Map<Room, number>();

  const snapshotOf = (room: Room): LiveSnapshot => {
    const base = { room, epoch, seq: sequences.get(room) ?? 0, now: Date.now() };
    if (room === 'overview') return { ...base, overview: overview() };
    if (room === 'alerts') return { ...base, alerts: fixtureAlerts(begin, false) };
    const detail = byId.get(room.slice('station:'.length))?.detail(Date.now());
    return detail === undefined ? base : { ...base, station: detail };
  };
  live.on('connection', (socket) => {
    socket.on('join', (request, done) => {
      void socket.join(request.room);
      socket.emit('snapshot', snapshotOf(request.room));
      done();
    });
    socket.on('leave', (room) => void socket.leave(room));
  });
  const push = (room: Room, frame: Omit<LiveFrame, 'room' | 'epoch' | 'seq' | 'now'>): void => {
    const seq = (sequences.get(room) ?? 0) + 1;
    sequences.set(room, seq);
    live.to(room).emit('frame', { room, epoch, seq, now: Date.now(), ...frame });
  };
  const timer = setInterval(() => {
    const now = Date.now();
    const values = new Map<string, Value[]>(
      stations
        .filter(({ station }) => station.id !== SILENT)
        .map((station) => [station.station.id, station.report(now, TICK_MS)]),
    );
    const changes = stations.flatMap((station) => {
      if (!values.has(station.station.id)) return [];
      const { lastAt, freshness, latest } = station.view(now);
      return [{ id: station.station.id, lastAt, freshness, latest, assessment: station.assess(now) }];
    });
    push('overview', { stations: changes, freshness: overview().freshness });
    for (const change of changes) push(`station:${change.id}`, { stations: [change], values: values.get(change.id) ?? [] });
  }, TICK_MS);
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    stop: async () => {
      clearInterval(timer);
      await io.close();
    },
  };
}

if (import.meta.main) {
  if (!existsSync(DIST)) throw new Error('build the console first: npm run build');
  const { port } = await startFixture(Number(process.argv[2] ?? 8090));
  console.log(`http://127.0.0.1:${port}`);
}
