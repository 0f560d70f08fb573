const PRINTED: Readonly<Record<string, string>> = { pm25: 'PM2.5', pm10: 'PM10', so2: 'SO₂', no2: 'NO₂', o3: 'O₃', co: 'CO' };

/** A pollutant as it is printed in every bulletin, in both languages. */
export function pollutantName(id: string): string {
  return PRINTED[id] ?? id;
}
