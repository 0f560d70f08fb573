/** Rows of an InfluxQL answer: tags and columns of each as one record. */
export async function askInflux(
  url: string,
  query: string,
  database = 'clearbay',
): Promise<Readonly<Record<string, string | number>>[]> {
  const address = new URL('/query', url);
  address.search = new URLSearchParams({ db: database, q: query, epoch: 'ms' }).toString();
  const response = await fetch(address);
  const answer = (await response.json()) as {
    readonly results: readonly {
      readonly series?: readonly {
        readonly tags?: Record<string, string>;
        readonly columns: readonly string[];
        readonly values: readonly (readonly (string | number)[])[];
      }[];
    }[];
  };
  return (answer.results[0]?.series ?? []).flatMap(({ tags = {}, columns, values }) =>
    values.map((row) => ({ ...tags, ...Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])) })),
  );
}
