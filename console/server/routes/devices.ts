import { z } from 'zod';
import { OPERATORS } from '../accounts/rights.ts';
import { identifier } from '../http/fields.ts';
import { type Route, route } from '../http/route.ts';
import type { ApiServices, IntakeDesk } from '../services.ts';
import { claim, claimList, collected, newClaim, pending, redeemed, revoked, rotated } from '../views/intake.ts';
import { deviceList } from '../views/operation.ts';
import { orProblem } from './refused.ts';
import { signedIn } from './session.ts';

const MINUTE_MS = 60_000;
const CLAIM_MINUTES = { usual: 24 * 60, most: 30 * 24 * 60 };
const GRACE_MINUTES = { usual: 24 * 60, most: 7 * 24 * 60 };

const minutes = ({ usual, most }: { readonly usual: number; readonly most: number }) => z.int().min(1).max(most).default(usual);

/** How a device comes to its credentials: code, claim, a person's decision, collection. */
function claimRoutes({ audit }: Pick<ApiServices, 'audit'>, { provisioning }: IntakeDesk): Route[] {
  const params = z.strictObject({ id: identifier });
  const decisions = [
    { word: 'approve', decision: 'approved', summary: 'Lets a device that redeemed a code have its credentials' },
    { word: 'reject', decision: 'rejected', summary: 'Refuses a device that redeemed a code' },
  ] as const;
  return [
    route({
      method: 'post',
      path: '/devices/claims',
      summary: 'Makes a one-time code with which one device may ask for credentials for these stations',
      access: OPERATORS,
      body: z.strictObject({ stations: z.array(identifier).min(1).max(64), validMinutes: minutes(CLAIM_MINUTES) }),
      answer: { status: 201, schema: newClaim },
      problems: ['station.unknown'],
      async handle({ body: { stations, validMinutes }, principal }) {
        const person = signedIn(principal).user;
        const made = await orProblem(provisioning.createClaim({ stations, lifeMs: validMinutes * MINUTE_MS, person }));
        await audit.note(person, 'claim.created', made.id, made.stations.join(' '));
        return made;
      },
    }),
    route({
      method: 'get',
      path: '/devices/claims',
      summary: 'Claims of devices and how they stand, newest first',
      access: OPERATORS,
      answer: { status: 200, schema: claimList },
      handle: async () => ({ claims: await provisioning.claims() }),
    }),
    route({
      method: 'post',
      path: '/devices/claim',
      summary: 'A device redeems a one-time code under the name it will have, then waits for an operator',
      access: 'open',
      body: z.strictObject({ code: z.string().min(1).max(64), device: z.string().min(1).max(64) }),
      answer: { status: 200, schema: redeemed },
      problems: ['claim.unknown', 'device.taken'],
      async handle({ body, request }) {
        const address = request.ip ?? '';
        const view = await orProblem(provisioning.redeem({ ...body, address }));
        await audit.note('device', 'claim.redeemed', view.device, address);
        return view;
      },
    }),
    route({
      method: 'post',
      path: '/devices/claim/credentials',
      summary: 'What became of a redeemed claim; the password comes with the first answer after the approval',
      access: 'open',
      body: z.strictObject({ secret: z.string().min(1).max(128) }),
      answer: { status: 200, schema: collected },
      problems: ['claim.unknown'],
      async handle({ body, request }) {
        const view = await orProblem(provisioning.collect(body.secret));
        if (view.password !== undefined) await audit.note('device', 'device.collected', view.device, request.ip ?? '');
        return view;
      },
    }),
    ...decisions.map(({ word, decision, summary }) =>
      route({
        method: 'post',
        path: `/devices/:id/${word}`,
        summary,
        access: OPERATORS,
        params,
        answer: { status: 200, schema: claim },
        problems: ['claim.unknown'],
        async handle({ params: { id }, principal }) {
          const person = signedIn(principal).user;
          const decided = await orProblem(provisioning.decide(id, decision, person));
          await audit.note(person, `device.${decision}`, id, decided.stations.join(' '));
          return decided;
        },
      }),
    ),
  ];
}

/** Devices' credentials in the hands of operators, and what waits for them. */
export function deviceRoutes(services: Pick<ApiServices, 'audit' | 'state'>, desk: IntakeDesk): Route[] {
  const { audit, state } = services;
  const { provisioning } = desk;
  const params = z.strictObject({ id: identifier });
  return [
    route({
      method: 'get',
      path: '/devices',
      summary: 'Devices that may publish, for which stations, how their clocks are and what they were last refused for',
      access: OPERATORS,
      answer: { status: 200, schema: deviceList },
      async handle() {
        const devices = await state.devices.all();
        return { devices: devices.map(({ device, stations }) => ({ device, stations, ...desk.condition(device) })) };
      },
    }),
    ...claimRoutes(services, desk),
    route({
      method: 'post',
      path: '/devices/:id/rotate',
      summary: 'Gives a device a new password; the former one is taken for a while, so that no connection is lost',
      access: OPERATORS,
      params,
      body: z.strictObject({ graceMinutes: minutes(GRACE_MINUTES) }),
      answer: { status: 200, schema: rotated },
      problems: ['device.unknown'],
      async handle({ params: { id }, body: { graceMinutes }, principal }) {
        const view = await orProblem(provisioning.rotate(id, graceMinutes * MINUTE_MS));
        await audit.note(signedIn(principal).user, 'device.rotated', id, `grace ${graceMinutes} min`);
        return view;
      },
    }),
    route({
      method: 'delete',
      path: '/devices/:id',
      summary: 'Takes the credentials of a device back and ends its connections',
      access: OPERATORS,
      params,
      answer: { status: 200, schema: revoked },
      problems: ['device.unknown'],
      async handle({ params: { id }, principal }) {
        const view = await orProblem(provisioning.revoke(id));
        await audit.note(signedIn(principal).user, 'device.revoked', id, `${view.connections} connections ended`);
        return view;
      },
    }),
    route({
      method: 'get',
      path: '/pending',
      summary: 'What waits for an operator: claimed devices, unknown stations and metrics',
      access: OPERATORS,
      answer: { status: 200, schema: pending },
      async handle() {
        const claims = await provisioning.claims();
        return { devices: claims.filter(({ state }) => state === 'pending'), unknown: desk.unknown() };
      },
    }),
  ];
}
