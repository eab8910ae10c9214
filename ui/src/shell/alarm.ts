/** Two short tones. Browsers allow them only after the reader has touched the page; before, it stays silent. */
export function soundAlarm(): void {
  const context = new AudioContext();
  if (context.state !== 'running') {
    void context.close();
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
