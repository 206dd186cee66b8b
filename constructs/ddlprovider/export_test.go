package ddlprovider

// ForgetCompiled makes the next Provider compile the function again.
func ForgetCompiled() { compiled = executable{} }
