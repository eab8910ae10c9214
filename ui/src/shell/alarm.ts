/** Where sound is not allowed, the browser would answer only when the page is touched, hours later perhaps. */
const allowedWithinMs = 1000;

/** Two short tones. Browsers allow them only after the reader has touched the page; before, it stays silent. */
export async function soundAlarm(): Promise<void> {
  const context = new AudioContext();
  await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, allowedWithinMs))]);
  if (context.state !== 'running') {
    await context.close();
    return;
  }
  for (const [index, frequency] of [880, 660].entries()) {
    const startsAt = context.currentTime + index * 0.22;
    const tone = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(0.2, startsAt + 0.02);
    volume.gain.linearRampToValueAtTime(0, startsAt + 0.2);
    tone.connect(volume).connect(context.destination);
    tone.start(startsAt);
    tone.stop(startsAt + 0.22);
    if (index === 1) tone.onended = () => void context.close();
  }
}
