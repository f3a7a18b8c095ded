import { describe, expect, it } from 'vitest';
import { encodeKeyfile } from './keyfile.js';
import { encodeEnvironmentFile, encodeUnit, unitEnvironment } from './systemd.js';

describe('encodeUnit', () => {
  it('repeats keys and sections, resets with an empty text, leaves undefined out', () => {
    const text = encodeUnit({
      Service: { ExecStart: ['', '/bin/true'], RemainAfterExit: true, User: undefined, RestartSec: 5 },
      Route: [{ Gateway: '10.0.0.1' }, { Destination: '10.1.0.0/16' }],
      Install: undefined,
    });
    expect(text).toBe(
      '[Service]\nExecStart=\nExecStart=/bin/true\nRemainAfterExit=yes\nRestartSec=5\n\n' +
        '[Route]\nGateway=10.0.0.1\n\n[Route]\nDestination=10.1.0.0/16\n',
    );
  });

  it.each([
    { Unit: { Description: 'a\nExecStart=/bin/evil' } },
    { Unit: { Description: 'continued \\' } },
    { Unit: { 'a=b': 'c' } },
    { 'Unit]\n[Service': { A: 'b' } },
  ])('refuses what would change the structure: %j', (sections) => {
    expect(() => encodeUnit(sections)).toThrow(TypeError);
  });
});

describe('environment variables', () => {
  it('are quoted for Environment=, with no specifier left', () => {
    expect(unitEnvironment({ A: 'b "c" \\ 100%' })).toEqual(['"A=b \\"c\\" \\\\ 100%%"']);
  });

  it('are quoted for a file that a shell reads alike', () => {
    expect(encodeEnvironmentFile({ A: '$x `y` "z"' })).toBe('A="\\$x \\`y\\` \\"z\\""\n');
  });

  it('have proper names and one line', () => {
    expect(() => unitEnvironment({ 'A B': 'c' })).toThrow(TypeError);
    expect(() => encodeEnvironmentFile({ A: 'b\nC=d' })).toThrow(TypeError);
  });
});

describe('encodeKeyfile', () => {
  it('ends list items with semicolons and escapes them', () => {
    expect(encodeKeyfile({ ipv4: { dns: ['10.0.0.1', 'a;b'], 'may-fail': false, id: ' back\\slash' } })).toBe(
      '[ipv4]\ndns=10.0.0.1;a\\;b;\nmay-fail=false\nid=\\sback\\\\slash\n',
    );
  });
});
