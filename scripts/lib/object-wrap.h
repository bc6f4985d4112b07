// For compiling better-sqlite3 on Node 24. From 24.19 on, node::ObjectWrap removes a hook of its environment in its
// destructor, and a garbage collection that runs outside any context then aborts the process (nodejs/node#65446). This
// leaves the hook out, as older versions of Node do. Delete this file when Node 24 has fixed the bug.
#include <node.h>
#define AddEnvironmentCleanupHook(...) ((void)0)
#define RemoveEnvironmentCleanupHook(...) ((void)0)
#include <node_object_wrap.h>
#undef AddEnvironmentCleanupHook
#undef RemoveEnvironmentCleanupHook
