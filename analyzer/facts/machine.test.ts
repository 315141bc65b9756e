import { expect, it } from 'vitest';
import { memoryBundle } from '../../test/support/memory-bundle.ts';
import { bootedAt, machineFacts } from './machine.ts';

const told = (texts: Readonly<Record<string, string>>): readonly string[] =>
  machineFacts(memoryBundle(texts)).map(({ name, value, ref }) => `${name}: ${value} (line ${ref.line})`);

it.each([
  [
    { 'etc/os-release': 'NAME="Amazon Linux"\nPRETTY_NAME="Amazon Linux 2"\n' },
    'operating system: Amazon Linux 2 (line 2)',
  ],
  [
    { 'kernel/uname.txt': 'Linux n1 5.10.228-219.884.amzn2.x86_64 #1 SMP x86_64 GNU/Linux\n' },
    'operating system: Amazon Linux 2 (line 1)',
  ],
  [
    { 'kernel/uname.txt': 'Linux n1 6.1.84-99.169.amzn2023.x86_64 #1 SMP x86_64 GNU/Linux\n' },
    'operating system: Amazon Linux 2023 (line 1)',
  ],
  [
    { 'kernel/uname.txt': 'Linux n1 6.8.0-1021-aws #23~22.04.1-Ubuntu SMP x86_64 GNU/Linux\n' },
    'operating system: Ubuntu 22.04 (line 1)',
  ],
  [
    { 'kernel/dmesg.current': '[    0.000000] x\n[    0.000000] DMI: Amazon EC2 m5.large/, BIOS 1.0 10/16/2017\n' },
    'instance type: m5.large (line 2)',
  ],
  [
    {
      'var_log/aws-routed-eni/ipamd.log':
        '{"level":"info","ts":"2026-06-17T12:00:00.000Z","msg":"Starting L-IPAMD v1.18.5  ..."}\n',
    },
    'VPC CNI: v1.18.5 (line 1)',
  ],
  [
    {
      'cni/cni-configuration-variables-containerd.json':
        '{\n  "image": "1.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.0"\n}\n',
    },
    'VPC CNI: v1.19.0 (line 2)',
  ],
])('%j', (texts, fact) => {
  expect(told(texts)).toEqual([fact]);
});

it('says nothing of what only looks like it', () => {
  expect(
    told({
      'kernel/dmesg.current': '[    0.000000] DMI: Xen HVM domU, BIOS 4.11.amazon 08/24/2006\n',
      'kernel/uname.txt': 'Linux n1 5.14.0-362.8.1.el9_3.x86_64 #1 SMP x86_64 GNU/Linux\n',
      'var_log/aws-routed-eni/ipamd.log': '{"level":"info","msg":"Starting L-IPAMD   ..."}\n',
      'system/notes.txt': 'my-ami-0abcdef12 is no image\n',
    }),
  ).toEqual([]);
});

it('tells what a node states of itself before what its kernel lets one conclude', () => {
  expect(
    told({
      'kernel/uname.txt': 'Linux n1 5.10.228-219.884.amzn2.x86_64 #1 SMP x86_64 GNU/Linux\n',
      'etc/os-release': 'PRETTY_NAME="Bottlerocket OS 1.20.3"\n',
    }),
  ).toEqual(['operating system: Bottlerocket OS 1.20.3 (line 1)']);
});

it('knows the start of the kernel where it was inferred, with the shift that was given', () => {
  const reader = memoryBundle({ 'kernel/dmesg.current': '[    0.000000] x\n' });
  expect(bootedAt(reader)).toBeNull();
  const started = {
    ...reader,
    files: () =>
      reader.files().map((file) => ({
        ...file,
        clock: { ...file.clock, stamps: 'boot' as const, boot: 1_000_000, shiftMs: -90_000 },
      })),
  };
  expect(bootedAt(started)).toBe(910_000);
});
