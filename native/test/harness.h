// Named tests of the binary: each prints "ok NAME" or "FAIL NAME why".
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace selfcorrect::test {

// How much is computed. Sanitizers and emulated processors are slow: there the batches are small and the
// repetitions few. The golden digests are those of the same motions everywhere.
struct Scale {
  int motions = 100;
  int sampled = 16;  // motions tried by sampling, which takes longest
  int aborts = 20;
  int stride = 1;       // every how manieth allocation fails
  bool nvidia = false;  // the tests of devices run on this machine's GPU, not on the emulated device
};

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void expect(bool holds, const std::string& why) {
  if (!holds) throw Failure(why);
}

struct Test {
  const char* name;
  void (*run)(const Scale&);
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

struct Register {
  Register(const char* name, void (*run)(const Scale&)) { tests().push_back({name, run}); }
};

}  // namespace selfcorrect::test
