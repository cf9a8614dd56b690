// Threads of this binary are made through here, and refused when a test says so.
#pragma once

namespace selfcorrect::test {

// From now on the system gives `count` threads, and no more.
void limit_threads(int count);
void unlimit_threads();

}  // namespace selfcorrect::test
