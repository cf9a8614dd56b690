// What the corrector makes of the first motions of every job, to the last bit, on every build: optimised or
// not, under sanitizers, by another compiler, on another processor.
//
// These change with every change of a result, like those of test/native/determinism.test.ts, which lists the
// reasons there can be. To update them, paste what `native_test --digests` prints, together with a change
// that means to.
#pragma once

namespace selfcorrect::test {

constexpr int kGoldenMotions = 24;

struct Golden {
  const char* name;
  const char* digest;
};

constexpr Golden kGolden[] = {
    {"inputs", ""},
};

// The lines above, as they are now.
void print_digests();

}  // namespace selfcorrect::test
