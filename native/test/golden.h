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
    {"inputs", "9a18e70d6c5fbd8f"}, {"clip", "52fb942d9cd95df4"},     {"loop", "b23b11246e1d32ce"},
    {"ladder", "406943266ad3b53c"}, {"sampling", "51f092cae31041b3"}, {"keep", "ffa303165b0096bb"},
};

// The lines above, as they are now.
void print_digests();

}  // namespace selfcorrect::test
