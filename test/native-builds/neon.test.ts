// Another architecture gives the same bytes: 64-bit ARM, emulated.
import { runNativeTests } from '../support/native-test.js';

runNativeTests('neon', {
  only: ['golden', 'outcomes', 'neighbours', 'abort-before'],
  emulator: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'],
});
