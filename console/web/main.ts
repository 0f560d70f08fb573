import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp, watch } from 'vue';
import App from './App.vue';
import { ApiError } from './api/http.ts';
import { useSession } from './api/session.ts';
import { createLive, installLive } from './live/use-live.ts';
import { createMessages } from './locale/i18n.ts';
import { createConsoleRouter } from './routes.ts';
import './ui/tokens.css';
import './ui/base.css';
import { useSettings } from './ui/settings.ts';

const app = createApp(App);
app.use(createPinia());
const settings = useSettings();
const session = useSession();
const i18n = createMessages(settings.language);
const live = createLive();

app.use(i18n);
app.use(VueQueryPlugin, {
  queryClientConfig: {
    defaultOptions: {
      queries: {
        // An answer of the server stands; only silence is worth another try.
        retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
        refetchOnWindowFocus: false,
      },
    },
  },
});
const router = createConsoleRouter(session);
// A chunk that is gone while the server answers means that a newer console was installed: load the page from it.
router.onError((_error, to) => {
  if (live.client.link.value === 'live') window.location.assign(to.fullPath);
});
app.use(router);
installLive(app, live);

watch(
  () => settings.language,
  (language) => {
    i18n.global.locale.value = language;
  },
);
watch(
  () => session.session,
  (now, before) => {
    if (now !== null && before === null) live.client.start();
    if (now === null && before !== null) live.client.stop();
  },
);

app.mount('#app');
