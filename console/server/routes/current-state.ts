import { z } from 'zod';
import { READERS } from '../accounts/rights.ts';
import { identifier } from '../http/fields.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices } from '../services.ts';
import { assessmentList, overview, stationDetail, stationList, targetList } from '../views/live-state.ts';

/** What holds now: read from the live feed, no store is asked. */
export function currentStateRoutes({ feed }: Pick<ApiServices, 'feed'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/overview',
      summary: 'The district at a glance: stations, targets, open alerts, freshness, work under way',
      access: READERS,
      answer: { status: 200, schema: overview },
      handle: () => feed.overview(),
    }),
    route({
      method: 'get',
      path: '/stations',
      summary: 'Stations with what is known of them now',
      access: READERS,
      query: z.strictObject({ kind: identifier.optional(), town: z.string().max(64).optional() }),
      answer: { status: 200, schema: stationList },
      handle({ query: { kind, town } }) {
        const { now, stations } = feed.overview();
        const wanted = stations.filter(
          ({ station }) => (kind === undefined || station.kind === kind) && (town === undefined || station.town === town),
        );
        return { now, stations: wanted };
      },
    }),
    route({
      method: 'get',
      path: '/stations/:id',
      summary: 'One station with its metrics and open alerts',
      access: READERS,
      params: z.strictObject({ id: identifier }),
      answer: { status: 200, schema: stationDetail },
      problems: ['station.unknown'],
      handle({ params }) {
        const station = feed.station(params.id);
        if (station === undefined) throw new ApiProblem('station.unknown');
        return station;
      },
    }),
    route({
      method: 'get',
      path: '/assessments',
      summary: 'Current assessments',
      access: READERS,
      query: z.strictObject({ kind: identifier.optional(), station: identifier.optional() }),
      answer: { status: 200, schema: assessmentList },
      handle({ query: { kind, station } }) {
        const { now, stations } = feed.overview();
        const assessments = stations
          .filter(({ station: of }) => (kind === undefined || of.kind === kind) && (station === undefined || of.id === station))
          .flatMap(({ assessment }) => assessment ?? []);
        return { now, assessments };
      },
    }),
    route({
      method: 'get',
      path: '/targets',
      summary: "The plan's targets: value, margin, verdict, evidence",
      access: READERS,
      answer: { status: 200, schema: targetList },
      handle() {
        const { now, targets } = feed.overview();
        return { now, targets };
      },
    }),
  ];
}
