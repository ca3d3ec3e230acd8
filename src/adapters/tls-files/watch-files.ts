import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** The file system does not tell of everything: mounted Secrets, network file systems. So the files are looked at all the same, in milliseconds. */
const LOOK_EVERY_MS = 2_000;
/** A pair is written in two steps. */
const SETTLE_MS = 50;

/** Calls `look` when one of the files may have changed, and regularly besides, until the function that it gives is called. */
export function watchFiles(paths: readonly string[], look: () => void, everyMs = LOOK_EVERY_MS): () => void {
  let settling: ReturnType<typeof setTimeout> | undefined;
  const told = () => {
    settling ??= setTimeout(() => {
      settling = undefined;
      look();
    }, SETTLE_MS);
  };
  const watchers = [...new Set(paths.map((path) => dirname(path)))].flatMap((folder) => watching(folder, told));
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    clearTimeout(settling);
    for (const watcher of watchers) watcher.close();
  };
}

/** Folders, since a file that is replaced is another file afterwards. */
function watching(folder: string, told: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, told);
    watcher.on('error', () => watcher.close()); // the timer goes on
    return [watcher];
  } catch {
    // Not every file system can be watched; the timer looks.
    return [];
  }
}
