@rem package.json uses "exec node ..." so that no shell runs between npm and the script and signals reach it. Windows has
@rem no such command, so this file takes its place there.
@%*
