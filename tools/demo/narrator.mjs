/** Prints a story for somebody who has never seen the program: what is done, by whom, what came of it, and why. */
export const narratorOf = (
  write = (text) => process.stdout.write(text),
  { colour = process.stdout.isTTY } = {},
) => {
  const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const began = performance.now();
  let chapters = 0;
  return {
    chapter(title, why) {
      chapters += 1;
      write(`\n${paint(1, `${chapters}. ${title}`)}\n`);
      write(wrapped(why, '   '));
    },
    /** What somebody does. */
    act: (who, what) => write(`   ${paint(36, who.padEnd(17))} ${what}\n`),
    /** What came of it. */
    result: (text, good = true) => write(`   ${paint(good ? 32 : 33, `${good ? '✓' : '✗'} ${text}`)}\n`),
    line: (text = '') => write(text === '' ? '\n' : `     ${text}\n`),
    /** A long step: says how far it is, on one line where the output is a terminal. */
    progress(text, done, of) {
      if (colour) write(`\r   ${text} ${done} of ${of}${done === of ? '\n' : ''}`);
      else if (done === of) write(`   ${text} ${done} of ${of}\n`);
    },
    seconds: () => ((performance.now() - began) / 1000).toFixed(0),
  };
};

const WIDTH = 108;

const wrapped = (text, indent) => {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1).length + word.length > WIDTH) lines.push('');
    lines[lines.length - 1] += `${word} `;
  }
  return lines.map((line) => `${indent}${line.trimEnd()}\n`).join('');
};
