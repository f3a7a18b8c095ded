import { expect, it } from 'vitest';
import { encodeToml } from './toml.js';

it('writes values before tables, and quotes what is no bare key', () => {
  const document = { version: 2, plugins: { 'io.containerd.grpc.v1.cri': { registry: { config_path: '/etc/x' } } } };
  expect(encodeToml(document)).toBe(
    'version = 2\n\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/etc/x"\n',
  );
});

it('escapes texts and leaves out what is undefined', () => {
  expect(encodeToml({ a: 'say "hi"\n\x7f', b: undefined, c: ['x', 'y'], d: true })).toBe(
    'a = "say \\"hi\\"\\n\\u007F"\nc = ["x", "y"]\nd = true\n',
  );
});
