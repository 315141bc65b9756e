import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLinkFile } from './link-file.ts';

const DEFAULT =
  '# /usr/lib/systemd/network/99-default.link\n[Match]\nOriginalName=*\n\n[Link]\nNamePolicy=keep kernel\nMACAddressPolicy=persistent\n';

test('the last of what overrides it counts', () => {
  expect(parseLinkFile(DEFAULT)).toEqual({ matches: 'all', macAddressPolicy: { value: 'persistent', line: 7 } });
  expect(
    parseLinkFile(`${DEFAULT}# /etc/systemd/network/99-default.link.d/x.conf\n[Link]\nMACAddressPolicy=none\n`),
  ).toMatchObject({
    macAddressPolicy: { value: 'none', line: 10 },
  });
});

test('one for some interfaces, and one without a policy', () => {
  expect(parseLinkFile(DEFAULT.replace('OriginalName=*', 'OriginalName=ens*'))).toMatchObject({ matches: 'some' });
  expect(parseLinkFile(DEFAULT.replace('[Match]', '[Match]\nDriver=ena'))).toMatchObject({ matches: 'some' });
  expect(parseLinkFile('[Match]\nName=eth0\n\n[Network]\nDHCP=yes\n')).toBeNull();
});

test('any text is taken', () => {
  fc.assert(fc.property(fc.string(), (text) => parseLinkFile(text) === null));
});
