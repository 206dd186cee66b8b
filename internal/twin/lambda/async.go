package lambda

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/uuid"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// AsyncConfig limits the retries of a function's asynchronous invocations.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
type AsyncConfig struct {
	MaximumRetryAttempts int           // 0 to 2
	MaximumEventAge      time.Duration // 60 s to 6 h
}

// defaultAsync returns Lambda's default limits.
func defaultAsync() AsyncConfig { return AsyncConfig{2, 6 * time.Hour} }

// SetAsync sets the limits of a function's asynchronous invocations. If the function
// does not exist, the error is a ResourceNotFoundException.
func (s *Service) SetAsync(name string, c AsyncConfig) error {
	f, err := s.find(name)
	if err != nil {
		return err
	}
	if c.MaximumRetryAttempts < 0 || c.MaximumRetryAttempts > 2 {
		return wire.Errorf("InvalidParameterValueException", "MaximumRetryAttempts: needs 0 to 2, got %d", c.MaximumRetryAttempts)
	}
	if c.MaximumEventAge < time.Minute || c.MaximumEventAge > 6*time.Hour {
		return wire.Errorf("InvalidParameterValueException", "MaximumEventAgeInSeconds: needs 60 to 21600, got %d", int(c.MaximumEventAge.Seconds()))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.async[f.Name] = c
	return nil
}

// ResetAsync sets the limits of a function's asynchronous invocations to Lambda's
// defaults.
func (s *Service) ResetAsync(name string) {
	if f, err := s.find(name); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.async, f.Name)
	}
}

func (s *Service) asyncOf(name string) AsyncConfig {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.async[name]; ok {
		return c
	}
	return defaultAsync()
}

// Invoke runs an asynchronous invocation, with retries: until the function succeeds, no
// retry is left, or the event is too old. All tries have the same request ID. Invoke
// returns the error of the last try, which is a *[FunctionError] if the function failed.
func (s *Service) Invoke(ctx context.Context, functionARN string, payload []byte) error {
	begin, id := time.Now(), uuid.New()
	for attempt := 0; ; attempt++ {
		f, err := s.find(functionARN)
		if err != nil {
			return err
		}
		limits := s.asyncOf(f.Name)
		if _, err = s.run(ctx, f, id, payload); err == nil || !isFunctionError(err) {
			return err
		}
		s.Logger.Warn("asynchronous invocation failed", "function", f.Name, "try", attempt+1, "error", err)
		delay := s.RetryDelays[min(attempt, len(s.RetryDelays)-1)]
		if attempt >= limits.MaximumRetryAttempts || time.Since(begin)+delay > limits.MaximumEventAge {
			return fmt.Errorf("function %s failed %d times: %w", f.Name, attempt+1, err)
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
