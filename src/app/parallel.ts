// Runs many small jobs with a bound on how many are under way at once.

/** Maps a list with at most `limit` jobs under way; results keep the list's order. The first failure rejects. */
export async function mapLimit<T, R>(
  list: readonly T[],
  limit: number,
  job: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(list.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < list.length; index = next++)
      results[index] = await job(list[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, limit), list.length) }, worker));
  return results;
}
