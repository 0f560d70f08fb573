import { z } from 'zod';
import { READERS } from '../accounts/rights.ts';
import { identifier, instant } from '../http/fields.ts';
import { ApiProblem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices, Period } from '../services.ts';
import { explanation, figureExplanation } from '../views/judged.ts';
import { editionId, judgedUnder, stationOf } from './history.ts';
import { PERIODS, periodAt } from './period.ts';

/** An explanation that is there. */
function found<T>(explained: T | undefined): T {
  if (explained === undefined) throw new ApiProblem('explanation.unavailable');
  return explained;
}

/** How figures came about, under the edition in force on the data's date or the one asked for. */
export function explanationRoutes({ feed, explanations, clock }: Pick<ApiServices, 'feed' | 'explanations' | 'clock'>): Route[] {
  const params = z.strictObject({ id: identifier });
  const edition = editionId.optional();
  return [
    route({
      method: 'get',
      path: '/stations/:id/explanation',
      summary: 'How a figure came about: inputs, exclusions, steps and clauses; the current assessment by default',
      access: READERS,
      params,
      query: z.strictObject({ at: instant.optional(), period: z.enum(PERIODS).optional(), edition }),
      answer: { status: 200, schema: explanation },
      problems: ['station.unknown', 'explanation.unavailable'],
      async handle({ params: { id }, query }) {
        const { at, period } = query;
        const { assessment } = stationOf(feed, id);
        const asked: Period | null =
          at === undefined && period === undefined
            ? assessment
            : periodAt(period ?? assessment?.level ?? 'hour', at ?? clock.now());
        if (asked === null) throw new ApiProblem('explanation.unavailable');
        return found(await judgedUnder(explanations.station(id, { start: asked.start, end: asked.end }, query.edition)));
      },
    }),
    route({
      method: 'get',
      path: '/district/explanation',
      summary: "How the district's air of an hour or a day came about; the newest hour judged by default",
      access: READERS,
      query: z.strictObject({ at: instant.optional(), period: z.enum(['hour', 'day']).optional(), edition }),
      answer: { status: 200, schema: figureExplanation },
      problems: ['explanation.unavailable'],
      async handle({ query }) {
        const { at, period } = query;
        const asked = at === undefined && period === undefined ? undefined : periodAt(period ?? 'hour', at ?? clock.now());
        return found(await judgedUnder(explanations.district(asked, query.edition)));
      },
    }),
    route({
      method: 'get',
      path: '/targets/:id/explanation',
      summary: 'How a target of the plan came about: its days, months or members, what was left out, verdict and method',
      access: READERS,
      params,
      query: z.strictObject({ edition }),
      answer: { status: 200, schema: figureExplanation },
      problems: ['target.unknown', 'explanation.unavailable'],
      async handle({ params: { id }, query }) {
        if (!feed.overview().targets.some((target) => target.id === id)) throw new ApiProblem('target.unknown');
        return found(await judgedUnder(explanations.target(id, query.edition)));
      },
    }),
  ];
}
