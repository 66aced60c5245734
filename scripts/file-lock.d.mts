export interface FileLock {
  /** Waits until this process holds the lock. `tellHeldBy` hears once who holds it instead. */
  acquire(tellHeldBy: (pids: readonly number[]) => void): Promise<void>
  /** Writes the present children into the lock; done by itself every second. */
  touch(): void
  release(): void
}
export function fileLock(
  file: string,
  childPids: () => readonly number[],
  timing?: { readonly pollMs?: number; readonly abandonedPolls?: number },
): FileLock
