/**
 * For Node, before the program: what a worker leaves behind is collected sooner. By itself Node lets the newest objects grow to so much in each
 * of its threads that a worker takes some 200 MB more.
 */
export const workerNodeFlags: readonly string[] = ['--max-semi-space-size=8'];
