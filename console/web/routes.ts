import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import type { useSession } from './api/session.ts';
import AppShell from './features/shell/AppShell.vue';

const pages: RouteRecordRaw[] = [
  { path: '', redirect: '/overview' },
  { path: 'overview', name: 'overview', component: () => import('./features/overview/OverviewPage.vue') },
  { path: 'stations/:id', name: 'station', props: true, component: () => import('./features/station/StationPage.vue') },
  ...['air', 'water', 'flood', 'parking'].map((kind) => ({
    path: kind,
    name: kind,
    props: { kind },
    component: () => import('./features/kind/KindPage.vue'),
  })),
  { path: 'alerts', name: 'alerts', component: () => import('./features/alerts/AlertsPage.vue') },
  { path: 'alerts/:id', name: 'alert', props: true, component: () => import('./features/alerts/AlertPage.vue') },
  { path: 'targets', name: 'targets', component: () => import('./features/targets/TargetsPage.vue') },
  { path: 'status', name: 'status', component: () => import('./features/status/StatusPage.vue') },
  { path: 'settings', name: 'settings', component: () => import('./features/settings/SettingsPage.vue') },
  { path: ':rest(.*)*', name: 'unknown', component: () => import('./features/shell/UnknownPage.vue') },
];

/** Routes of the console, a chunk each; everything but the sign-in asks for a session. */
export function createConsoleRouter(session: ReturnType<typeof useSession>): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/login', name: 'login', component: () => import('./features/login/LoginPage.vue') },
      { path: '/', component: AppShell, children: pages },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  });

  router.beforeEach(async (to) => {
    if (to.name === 'login' || session.session !== null) return true;
    const found = await session.restore().catch(() => null);
    return found === null ? { name: 'login', query: { next: to.fullPath } } : true;
  });
  return router;
}
