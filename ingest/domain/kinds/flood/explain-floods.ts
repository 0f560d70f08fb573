import type { DerivationStep } from '../../derivation.ts';
import type { FloodStation } from '../../district.ts';
import type { Text } from '../../text.ts';
import type { FloodDetail } from './detail.ts';
import type { MountainAction, MountainEdition, SoilState } from './standards.ts';

const TIDE_CLAUSE = 'harmonic fit of the station’s own levels';

/** The tide of a tidal station: what was predicted and what is left above it; without a fit it says that the rise is not judged. */
export function tideSteps(station: FloodStation, { tide, level }: FloodDetail): DerivationStep[] {
  if (!station.tidal) return [];
  if (tide === null || level === null) {
    return [
      {
        text: { zh: '感潮站尚无潮汐拟合，不评价上涨率', en: 'a tidal station without a fitted tide: its rise is not judged' },
        clause: TIDE_CLAUSE,
        values: {},
      },
    ];
  }
  const { predicted, residual, rmse } = tide;
  const [level2, tide2, left2, error2] = [level.value, predicted, residual, rmse].map((value) => value.toFixed(2));
  return [
    {
      text: {
        zh: `水位 ${level2} 米 − 拟合潮位 ${tide2} 米 = 余水位 ${left2} 米（拟合均方根误差 ${error2} 米）`,
        en: `level ${level2} m − fitted tide ${tide2} m = residual ${left2} m (root mean square of the fit ${error2} m)`,
      },
      clause: TIDE_CLAUSE,
      values: { level: level.value, predicted, residual, rmse },
    },
  ];
}

const SOIL_TEXT: Readonly<Record<SoilState, Text>> = {
  dry: { zh: '偏干', en: 'dry' },
  normal: { zh: '一般', en: 'normal' },
  wet: { zh: '湿润', en: 'wet' },
};
const ACTION_TEXT: Readonly<Record<MountainAction, Text>> = {
  none: { zh: '无需转移', en: 'nothing to do' },
  prepare: { zh: '准备转移', en: 'prepare to move' },
  move: { zh: '立即转移', en: 'move at once' },
};

/** The site's sliding rain sums against its critical rainfall and what they ask for; none where the station watches no site. */
export function mountainSteps(station: FloodStation, { mountain }: FloodDetail, edition: MountainEdition): DerivationStep[] {
  const site = edition.sites.find((each) => each.station === station.id);
  if (mountain === null || site === undefined) return [];
  const { clause } = edition;
  const soil = SOIL_TEXT[mountain.soil];
  const windows = mountain.windows.map(({ hours, mm, prepareMm, moveMm, action }): DerivationStep => {
    const sum = mm === null ? '—' : mm.toFixed(1);
    return {
      text: {
        zh: `${site.name.zh} ${hours} 小时雨量 ${sum} 毫米，临界雨量（土壤${soil.zh}）准备 ${prepareMm}、立即 ${moveMm} 毫米：${ACTION_TEXT[action].zh}`,
        en: `${site.name.en}: ${sum} mm in ${hours} h, critical rainfall (soil ${soil.en}) ${prepareMm} mm to prepare, ${moveMm} mm to move: ${ACTION_TEXT[action].en}`,
      },
      clause,
      values: { hours, mm, prepareMm, moveMm, action },
    };
  });
  const { now, held } = mountain;
  return [
    ...windows,
    {
      text: {
        zh: `山洪：此刻${ACTION_TEXT[now].zh}；连续 ${edition.holdMinutes} 分钟低于各阈值方可降级，现为${ACTION_TEXT[held].zh}`,
        en: `mountain flood: now ${ACTION_TEXT[now].en}; it steps down only after ${edition.holdMinutes} min below every threshold: ${ACTION_TEXT[held].en}`,
      },
      clause,
      values: { soil: mountain.soil, now, held },
    },
  ];
}
