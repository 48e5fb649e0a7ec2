/** Tones that tell without a look at the screen whether a scan was right: [frequency in Hz, seconds]. */
const TONES = {
    success: [[880, 0.09]],
    done: [
        [880, 0.08],
        [1320, 0.14],
    ],
    warning: [
        [440, 0.12],
        [440, 0.12],
    ],
    danger: [[180, 0.45]],
};

let context;

/** Play the tones of `type`; where the browser allows no sound there is none. */
export function beep(type) {
    const AudioContext = window.AudioContext || window.webkitAudioContext;
    if (!AudioContext || !navigator.userActivation?.hasBeenActive) {
        return;
    }
    context ||= new AudioContext();
    let start = context.currentTime;
    for (const [frequency, duration] of TONES[type]) {
        const oscillator = context.createOscillator();
        const volume = context.createGain();
        oscillator.frequency.value = frequency;
        volume.gain.value = 0.15;
        oscillator.connect(volume).connect(context.destination);
        oscillator.start(start);
        oscillator.stop(start + duration);
        start += duration + 0.05;
    }
    navigator.vibrate?.(type === "danger" ? [120, 60, 120] : 60);
}
