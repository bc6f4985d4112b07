@rem package.json says "exec node ..." so that no shell stands between npm and the script, and a signal arrives. This is
@rem that word for Windows, where a shell does not know it.
@%*
