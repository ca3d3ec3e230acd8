/** Remembers the promises that are under way, so that the process can wait for work whose caller is gone. */
export function underWay() {
  const promises = new Set<Promise<unknown>>();
  return {
    track<T>(promise: Promise<T>): Promise<T> {
      const tracked = promise.finally(() => promises.delete(tracked));
      promises.add(tracked);
      return tracked;
    },
    async ended(): Promise<void> {
      await Promise.allSettled(promises);
    },
  };
}
