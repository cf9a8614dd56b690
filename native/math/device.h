// One source for processors and graphics cards: what a function or a table needs to be there on both. Empty
// words for a C++ compiler.
#pragma once

#ifdef __CUDACC__
// A function, of a size that is called.
#define SC_CALL __host__ __device__
// A function that is part of its caller.
#define SC_INLINE __host__ __device__ __forceinline__
// A constant array or structure that is indexed at run time: `SC_TABLE int kParent[] = {...};`
#define SC_TABLE __device__ constexpr
#else
#define SC_CALL
#define SC_INLINE inline __attribute__((always_inline))
#define SC_TABLE inline constexpr
#endif
