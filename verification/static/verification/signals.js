// Tone and vibration of a verdict: three that differ in rhythm and pitch, for whoever looks at the person.

const TONES = { valid: [[880, 0.09], [1320, 0.14]], refused: [[220, 0.35], [165, 0.4]], unsure: [[440, 0.12], [440, 0.12], [440, 0.12]] };
const PULSES = { valid: [60], refused: [300, 120, 300], unsure: [90, 90, 90, 90, 90] };
const PAUSE = 0.06;

let audio = null;

/** Browsers let a page sound only after somebody has touched it. */
export function allowSound() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

export function signal(verdict) {
  navigator.vibrate?.(PULSES[verdict]);
  if (audio?.state !== "running") return;
  let at = audio.currentTime;
  for (const [pitch, seconds] of TONES[verdict]) {
    const tone = new OscillatorNode(audio, { frequency: pitch, type: "triangle" });
    const volume = new GainNode(audio, { gain: 0.3 });
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + PAUSE;
  }
}
