import { read, sampleWith, summary, vxuOf } from './sample-vxu.fixture.js';

describe('a switch of the character set within a field', () => {
  it.each(['\\C2842\\Ada\\C2842\\', 'A\\M2442\\da', 'A\\M244255\\da'])(
    'is reported and kept as sent: %s',
    (given) => {
      const reading = read(sampleWith(['PID', 5, `Testperson^${given}`]));
      expect(reading.outcome).toBe('accepted');
      expect(summary(reading)).toEqual(['W 102/4 PID#1-5']);
      expect(vxuOf(reading).patient.names[0]?.given).toBe(given);
    },
  );

  it('is not a path or another stray backslash', () => {
    expect(read(sampleWith(['PID', 5, 'Testperson^C:\\Music\\E\\M2442\\E\\Mad']))).toMatchObject({
      problems: [],
    });
  });
});
