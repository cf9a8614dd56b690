// What the corrector makes of the first motions of every job, to the last bit, on every build: optimised or
// not, under sanitizers, by another compiler, on another processor.
//
// These change with every change of a result, like those of test/native/determinism.test.ts, which lists the
// reasons there can be. To update them, paste what `native_test --digests` prints, together with a change
// that means to.
#pragma once

namespace selfcorrect::test {

struct Golden {
  const char* name;
  const char* digest;
};

constexpr Golden kGolden[] = {
    {"inputs", "9a18e70d6c5fbd8f"}, {"clip", "b8063968ab124bb7"},     {"loop", "53d0f0175103ea12"},
    {"ladder", "d9b04470f6d2ec00"}, {"sampling", "d8f1a5b2483b7a6e"}, {"keep", "14034993c5403013"},
};

// The lines above, as they are now.
void print_digests();

}  // namespace selfcorrect::test
