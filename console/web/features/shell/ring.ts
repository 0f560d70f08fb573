import type { AlertLevel } from '@clearbay/domain/alerts/signal.ts';

const VOLUME = 0.15;
const BEEP_S = 0.18;

/** Short tones, more of them for a more severe level; silent where the browser does not allow sound yet. */
export function ring(level: AlertLevel): void {
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.value = VOLUME;
  volume.connect(audio.destination);
  const beeps = 5 - level;
  for (let beep = 0; beep < beeps; beep += 1) {
    const tone = audio.createOscillator();
    tone.frequency.value = 740;
    tone.connect(volume);
    tone.start(audio.currentTime + beep * 2 * BEEP_S);
    tone.stop(audio.currentTime + (beep * 2 + 1) * BEEP_S);
    if (beep === beeps - 1) tone.addEventListener('ended', () => void audio.close());
  }
}
